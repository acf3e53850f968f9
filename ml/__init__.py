"""Models of customer behaviour: frames in, frames out, no I/O; one file a model.

Importing this package stays cheap: scikit-learn comes with the model modules.
"""
