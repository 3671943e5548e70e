"""Transport of tracers by mass fluxes on a latitude-longitude mesh, forwards and backwards.

``types`` says what goes in, ``plan`` what of a forcing is known before any tracer is, ``steps``
moves tracers and their adjoints, ``winds`` makes mass fluxes of winds, ``restart`` keeps states.
"""
