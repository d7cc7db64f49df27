"""A cache that all workers share."""

from flask_caching import Cache

cache = Cache(config={"CACHE_TYPE": "RedisCache"})
