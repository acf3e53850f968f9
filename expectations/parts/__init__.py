"""Groups of rules, by idea: what a gate's own file would else hold beside its own."""
