"""Commands of the room `cases` for the administrator (管理命令)."""
