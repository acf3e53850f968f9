"""Tests of email: machines told from people, messages, habits."""
