"""In-app notices (站内通知): what lies in the inbox is delivered."""
