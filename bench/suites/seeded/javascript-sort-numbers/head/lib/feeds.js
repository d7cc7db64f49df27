"use strict";

const { readFile } = require("node:fs/promises");

/** Names of the feeds that a user follows. */
async function followed(path) {
  const text = await readFile(path, "utf8");
  return text.split("\n").filter(Boolean);
}

/** The newest posts of all feeds, the newest first. */
function newest(feeds, count = 20) {
  const posts = feeds.flatMap((feed) => feed.posts);
  const times = posts.map((post) => post.time).sort().reverse();
  const oldest = times[Math.min(count, times.length) - 1];
  return posts.filter((post) => post.time >= oldest).sort((a, b) => b.time - a.time);
}

module.exports = { followed, newest };
