-- SQLite: a number of its own for each connection; others have none and ask their counters.
pragma data_version
