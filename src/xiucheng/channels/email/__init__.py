"""E-mail out by SMTP (电子邮件)."""
