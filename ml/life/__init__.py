"""What becomes of a trained model: kept as bytes, contested, promoted or kept out."""
