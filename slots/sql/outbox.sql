-- Messages for the regulation software. Those of one appointment leave in order.

-- name: outbox_due
-- The next message that may leave: the oldest that waits for its appointment, and is due. Locked.
--   in    now; a row that another worker holds is skipped
--   out   message_id, appointment_id, method, content, attempts, resends
--   uses  outbox_due_idx, outbox_appointment_idx
SELECT o.message_id, o.appointment_id::text, o.method, o.content, o.attempts, o.resends
FROM appointment.outbox AS o
WHERE o.state = 'queued' AND o.next_attempt_at <= %(now)s::timestamptz
  AND NOT EXISTS (
    SELECT FROM appointment.outbox AS before
    WHERE before.appointment_id = o.appointment_id AND before.message_id < o.message_id
      AND before.state = 'queued'
  )
ORDER BY o.next_attempt_at, o.message_id
LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: outbox_sent
-- The hub confirmed a message.
--   in    message_id, distribution_id, sent_at
--   uses  outbox_pkey
UPDATE appointment.outbox
SET state = 'confirmed', distribution_id = %(distribution_id)s, sent_at = %(sent_at)s::timestamptz, waits_for = NULL,
  attempts = attempts + 1
WHERE message_id = %(message_id)s::bigint;

-- name: outbox_postpone
-- A message could not leave.
--   in    message_id, waits_for, next_attempt_at
--   uses  outbox_pkey
UPDATE appointment.outbox
SET waits_for = %(waits_for)s, next_attempt_at = %(next_attempt_at)s::timestamptz, attempts = attempts + 1
WHERE message_id = %(message_id)s::bigint;

-- name: outbox_answered
-- The message an answer speaks of, locked.
--   in    distribution_id
--   out   message_id, method, state, resends, followed (a later message tells the newer state)
--   uses  outbox_distribution_idx, outbox_appointment_idx
SELECT o.message_id, o.method, o.state, o.resends,
  EXISTS (
    SELECT FROM appointment.outbox AS later
    WHERE later.appointment_id = o.appointment_id AND later.message_id > o.message_id
  ) AS followed
FROM appointment.outbox AS o
WHERE o.distribution_id = %(distribution_id)s
FOR UPDATE;

-- name: outbox_close
-- A message is acknowledged, or given up.
--   in    message_id, state, error_code (null: none)
--   uses  outbox_pkey
UPDATE appointment.outbox
SET state = %(state)s, error_code = %(error_code)s::integer
WHERE message_id = %(message_id)s::bigint;

-- name: outbox_again
-- Send a message again, under another identifier.
--   in    message_id, method, error_code, next_attempt_at
--   uses  outbox_pkey
UPDATE appointment.outbox
SET state = 'queued', method = %(method)s, resends = resends + 1, error_code = %(error_code)s::integer,
  next_attempt_at = %(next_attempt_at)s::timestamptz, distribution_id = NULL, sent_at = NULL
WHERE message_id = %(message_id)s::bigint;

-- name: outbox_resolved
-- An appointment's regulator is known now.
--   in    appointment_id
--   uses  appointment_pkey
UPDATE appointment.appointment SET regulator_unresolved = false
WHERE appointment_id = %(appointment_id)s::uuid AND regulator_unresolved;

-- name: outbox_practitioner
-- The practitioner of an appointment, in the directory.
--   in    idnps
--   out   family_name, given_name, profession_code, specialty_code (ordinal specialty; null: none)
--   uses  practitioner_pkey, offer_idnps_idx
SELECT p.family_name, p.given_name, p.profession_code,
  (
    SELECT min(code) FROM directory.offer AS o CROSS JOIN unnest(o.specialty_codes) AS code
    WHERE o.idnps = p.idnps AND code LIKE 'SM%%'
  ) AS specialty_code
FROM directory.practitioner AS p
WHERE p.idnps = %(idnps)s;
