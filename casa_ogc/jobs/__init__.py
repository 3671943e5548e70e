"""Jobs: processes run on the data of the catalogue, on a cluster; a row of a database is the truth.

``record`` says what a job is. ``store`` keeps the rows, ``broker`` hands accepted ones to the
cluster of ``engines`` and sets right what was lost, ``attempt`` runs on a worker, ``results``
keeps what came out, ``publication`` makes collections of it.
"""
