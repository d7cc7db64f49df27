"use strict";

const { readFile } = require("node:fs/promises");

/** Names of the feeds that a user follows. */
async function followed(path) {
  const text = await readFile(path, "utf8");
  return text.split("\n").filter(Boolean);
}

/** The same by name, each once. */
async function listed(path) {
  return [...new Set(await followed(path))].sort();
}

module.exports = { followed, listed };
