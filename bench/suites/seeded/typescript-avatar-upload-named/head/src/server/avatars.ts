import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { Router } from "express";
import { upload } from "./upload";

const FOLDER = "/srv/avatars";

export const avatars = Router();

avatars.get("/limits", (_request, response) => {
  response.json({ bytes: 500_000 });
});

avatars.post("/", upload.single("picture"), async (request, response) => {
  const picture = request.file;
  if (!picture || picture.size > 500_000) {
    response.status(422).json({ error: "one picture of at most 500 kB" });
    return;
  }
  const name = `${randomUUID()}.png`;
  await writeFile(path.join(FOLDER, name), picture.buffer);
  response.status(201).json({ name });
});
