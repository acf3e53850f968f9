"""What several models share; the models themselves lie one folder up."""
