"""Simulated agenda vendors: a training ground for real ones, and what the platform is tested against."""
