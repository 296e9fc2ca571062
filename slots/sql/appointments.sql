-- Appointments reported by vendors.

-- name: appointment_sender
-- The vendor a client certificate belongs to.
--   in    certificate_cn, certificate_ou
--   out   editor, identifier_system; no row: unknown, or closed
--   uses  sender_certificate_cn_certificate_ou_key
SELECT editor, identifier_system
FROM appointment.sender
WHERE certificate_cn = %(certificate_cn)s AND certificate_ou = %(certificate_ou)s AND active;

-- name: appointment_senders
-- Every vendor who may, or might, report appointments.
--   out   the rows
SELECT editor, certificate_cn, certificate_ou, identifier_system, active, changed_at, changed_by
FROM appointment.sender
ORDER BY editor;

-- name: appointment_write_sender
-- Add a vendor, or change what is known of it.
--   in    every column
--   uses  sender_pkey
INSERT INTO appointment.sender (editor, certificate_cn, certificate_ou, identifier_system, active, changed_at,
  changed_by)
VALUES (%(editor)s, %(certificate_cn)s, %(certificate_ou)s, %(identifier_system)s, %(active)s,
  %(changed_at)s::timestamptz, %(changed_by)s)
ON CONFLICT (editor) DO UPDATE
SET certificate_cn = excluded.certificate_cn, certificate_ou = excluded.certificate_ou,
  identifier_system = excluded.identifier_system, active = excluded.active, changed_at = excluded.changed_at,
  changed_by = excluded.changed_by;

-- name: appointment_insert
-- Keep an appointment, unless its identifier is known.
--   in    every column
--   out   appointment_id; no row when it is known
--   uses  appointment_editor_value_key
INSERT INTO appointment.appointment (appointment_id, editor, value, category, status, start_at, end_at, booked_at,
  idnps, participant_status, regulator_kind, regulator, regulator_unresolved, created_hash, content_hash, version,
  received_at, changed_at)
VALUES (%(appointment_id)s::uuid, %(editor)s, %(value)s, %(category)s, %(status)s, %(start_at)s::timestamptz,
  %(end_at)s::timestamptz, %(booked_at)s::timestamptz, %(idnps)s, %(participant_status)s, %(regulator_kind)s,
  %(regulator)s, %(regulator_unresolved)s, %(content_hash)s, %(content_hash)s, 1, %(received_at)s::timestamptz,
  %(received_at)s::timestamptz)
ON CONFLICT (editor, value) DO NOTHING
RETURNING appointment_id::text;

-- name: appointment_lock
-- An appointment, locked until the end of the transaction.
--   in    editor, value
--   out   appointment_id, created_hash, content_hash, version
--   uses  appointment_editor_value_key
SELECT appointment_id::text, created_hash, content_hash, version
FROM appointment.appointment
WHERE editor = %(editor)s AND value = %(value)s
FOR UPDATE;

-- name: appointment_change
-- Replace the state of an appointment.
--   in    every column
--   uses  appointment_pkey
UPDATE appointment.appointment
SET category = %(category)s, status = %(status)s, start_at = %(start_at)s::timestamptz,
  end_at = %(end_at)s::timestamptz, booked_at = %(booked_at)s::timestamptz, idnps = %(idnps)s,
  participant_status = %(participant_status)s, regulator_kind = %(regulator_kind)s, regulator = %(regulator)s,
  regulator_unresolved = %(regulator_unresolved)s, content_hash = %(content_hash)s, version = version + 1,
  changed_at = %(received_at)s::timestamptz
WHERE appointment_id = %(appointment_id)s::uuid;

-- name: appointment_event
-- Add to the history of an appointment.
--   in    appointment_id, received_at, method, status, content_hash
INSERT INTO appointment.event (appointment_id, received_at, method, status, content_hash)
VALUES (%(appointment_id)s::uuid, %(received_at)s::timestamptz, %(method)s, %(status)s, %(content_hash)s);

-- name: appointment_events
-- The history of an appointment, oldest first.
--   in    appointment_id
--   out   received_at, method, status, content_hash
--   uses  event_appointment_idx
SELECT received_at, method, status, content_hash
FROM appointment.event
WHERE appointment_id = %(appointment_id)s::uuid
ORDER BY event_id;

-- name: outbox_queue
-- Queue a message for the regulation software.
--   in    appointment_id, method, content (JSON), created_at
INSERT INTO appointment.outbox (appointment_id, method, content, next_attempt_at, created_at)
VALUES (%(appointment_id)s::uuid, %(method)s, %(content)s::jsonb, %(created_at)s::timestamptz,
  %(created_at)s::timestamptz);

-- name: outbox_counts
-- Messages by state.
--   out   state, waits_for, messages, oldest (created_at)
SELECT state, waits_for, count(*) AS messages, min(created_at) AS oldest
FROM appointment.outbox
GROUP BY state, waits_for
ORDER BY state, waits_for;
