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
