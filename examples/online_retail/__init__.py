"""Two years of a gift wholesaler's invoices: a shop without web, e-mail or CRM."""
