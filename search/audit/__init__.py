"""The audit of neutrality: a log of rankings without place nor patient, its proof, and what it shows."""
