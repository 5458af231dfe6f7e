"""Sina Weibo (微博): private messages by push, mentions and comments by poll; answers under the post or by private message."""
