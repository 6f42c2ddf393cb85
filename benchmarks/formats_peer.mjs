// Bench `formats`: the recipe by sharp, in one process. Run by formats_work.py; says JSON lines.
// Arguments: the folder that holds node_modules/sharp, the picture, the formats as JSON.
import { createRequire } from "node:module";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [, , home, path, told] = process.argv;
const sharp = createRequire(home + "/")("sharp");
sharp.concurrency(1);
sharp.cache(false);
const formats = JSON.parse(told);
const input = readFileSync(path);

// Linux's maxRSS begins with that of the process which started this one; VmHWM does not.
function peakMb() {
  const status = "/proc/self/status";
  if (!existsSync(status)) return process.resourceUsage().maxRSS / 1024;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(status, "ascii"))[1]) / 1024;
}

async function one({ width_px: width, height_px: height }) {
  const cover = 1.1;
  const wide = Math.round(width * cover);
  const high = Math.round(height * cover);
  const covered = await sharp(input)
    .resize(wide, high, { fit: "cover", kernel: "lanczos3" })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const back = await sharp(covered.data, { raw: covered.info })
    .blur(18)
    .extract({
      left: Math.floor((wide - width) / 2),
      top: Math.floor((high - height) / 2),
      width,
      height,
    })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const shown = await sharp(input)
    .resize(width, height, { fit: "inside", kernel: "lanczos3" })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const left = Math.floor((width - shown.info.width) / 2);
  const top = Math.floor((height - shown.info.height) / 2);
  const bar = await sharp({
    create: {
      width: shown.info.width,
      height: Math.min(shown.info.height, height - top - 10),
      channels: 4,
      background: { r: 0, g: 0, b: 0, alpha: 0.45 },
    },
  })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const shadow = await sharp({
    create: { width, height, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  })
    .composite([{ input: bar, left, top: top + 10 }])
    .raw()
    .toBuffer({ resolveWithObject: true });
  const soft = await sharp(shadow.data, { raw: shadow.info })
    .blur(24)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const file = await sharp(back.data, { raw: back.info })
    .composite([
      { input: soft.data, raw: soft.info, left: 0, top: 0 },
      { input: shown.data, raw: shown.info, left, top },
    ])
    .jpeg({ quality: 95, chromaSubsampling: "4:2:0" })
    .toBuffer();
  return file.length;
}

for await (const _ of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage();
  let bytes = 0;
  for (const format of formats) bytes += await one(format);
  const used = process.cpuUsage(before);
  console.log(
    JSON.stringify({
      cpu_s: (used.user + used.system) / 1e6,
      peak_mb: peakMb(),
      bytes,
    }),
  );
}
