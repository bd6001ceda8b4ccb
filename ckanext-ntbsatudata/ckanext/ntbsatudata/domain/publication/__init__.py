"""Publication: the files of a release, made from a protected table and from nothing else."""
