"""Segments as segments.yml declares them: judged, rendered as SQL, tried out."""

from warehouse.segments.declared import mistakes

__all__ = ["mistakes"]
