"""E-mail, out by SMTP and in by IMAP (电子邮件)."""
