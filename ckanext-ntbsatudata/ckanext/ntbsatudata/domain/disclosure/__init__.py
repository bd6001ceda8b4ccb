"""Disclosure control: suppress, audit, remember. `suppression` and `audit` share no code."""
