"""The science of CASA OGC: processes that run on cluster nodes and know nothing of the web."""
