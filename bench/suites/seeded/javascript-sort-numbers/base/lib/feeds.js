"use strict";

const { readFile } = require("node:fs/promises");

/** Names of the feeds that a user follows. */
async function followed(path) {
  const text = await readFile(path, "utf8");
  return text.split("\n").filter(Boolean);
}

module.exports = { followed };
