"""One module per subcommand of `xiucheng` (子命令)."""
