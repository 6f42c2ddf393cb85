"""Who may do what: one table, a row for each operation of the API, and the page made from it."""
