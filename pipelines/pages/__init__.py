"""Typed plan, ledger and figure descriptions → HTML pages."""
