"""From footprints to grids: shares of area, means with their uncertainty, steps of time.

Shared by the processes that grid soundings; it is none itself.
"""
