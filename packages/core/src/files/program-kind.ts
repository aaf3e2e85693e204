/** As many bytes as the longest signature below needs, and more. */
export const PROGRAM_HEAD_BYTES = 64;

/** What a file starts with when an operating system or a runtime would run it. */
const SIGNATURES: readonly { bytes: readonly number[]; kind: string }[] = [
  { bytes: [0x7f, 0x45, 0x4c, 0x46], kind: "ELF" },
  { bytes: [0x4d, 0x5a], kind: "Windows/DOS" },
  { bytes: [0x23, 0x21], kind: "#!" },
  { bytes: [0xfe, 0xed, 0xfa, 0xce], kind: "Mach-O" },
  { bytes: [0xfe, 0xed, 0xfa, 0xcf], kind: "Mach-O" },
  { bytes: [0xce, 0xfa, 0xed, 0xfe], kind: "Mach-O" },
  { bytes: [0xcf, 0xfa, 0xed, 0xfe], kind: "Mach-O" },
  // Fat Mach-O, and a Java class, which shares its first four bytes.
  { bytes: [0xca, 0xfe, 0xba, 0xbe], kind: "Mach-O/Java" },
  { bytes: [0xca, 0xfe, 0xba, 0xbf], kind: "Mach-O" },
  { bytes: [0xbe, 0xba, 0xfe, 0xca], kind: "Mach-O" },
  { bytes: [0xbf, 0xba, 0xfe, 0xca], kind: "Mach-O" },
  { bytes: [0x64, 0x65, 0x78, 0x0a], kind: "Android" },
  { bytes: [0x4c, 0x00, 0x00, 0x00, 0x01, 0x14, 0x02, 0x00], kind: "Windows shortcut" },
  // An archive whose first entry is the manifest: Java runs it as it is.
  { bytes: [...Buffer.from("PK\u0003\u0004", "latin1")], kind: "Java archive" },
];

/** Names under which a double click runs a file, whatever stands in it. */
const EXTENSIONS = new Set(
  (
    "exe com scr pif cpl msi msp mst msix appx dll sys drv ocx bat cmd ps1 psm1 vbs vbe jse wsf wsh hta lnk url " +
    "scf reg inf gadget jar war ear class apk ipa so dylib ko appimage run desktop command workflow scpt app"
  ).split(" "),
);

const ZIP_NAME_OFFSET = 30;

/**
 * Which kind of program a file is, by its first bytes and by its name; null when it is none that is known.
 *
 * @param head its first bytes, `PROGRAM_HEAD_BYTES` of them if it has as many
 */
export function programKind(head: Uint8Array, name: string): string | null {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.trim().toLowerCase() ?? "";
  if (EXTENSIONS.has(extension)) return `.${extension}`;
  const found = SIGNATURES.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
  if (found === undefined) return null;
  if (found.kind !== "Java archive") return found.kind;
  const firstEntry = Buffer.from(head.subarray(ZIP_NAME_OFFSET, ZIP_NAME_OFFSET + 9)).toString("latin1");
  return firstEntry === "META-INF/" ? found.kind : null;
}
