"""Tables, sessions, money and the sequence log: all that touches Postgres."""
