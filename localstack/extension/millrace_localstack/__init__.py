"""Plugs Millrace's own services and a process-based Lambda executor into LocalStack 4.14.0."""
