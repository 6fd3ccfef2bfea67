import { extname } from 'node:path';
import type { Words } from '../web/i18n/words.js';

type FileKind = keyof Words['portal']['file']['kinds'];

const KINDS: Readonly<Record<string, FileKind>> = {
  '.pdf': 'pdf',
  '.xls': 'sheet',
  '.xlsx': 'sheet',
  '.xlsm': 'sheet',
  '.ods': 'sheet',
  '.csv': 'sheet',
  '.txt': 'text',
  '.md': 'text',
  '.xml': 'text',
  '.json': 'text',
  '.doc': 'document',
  '.docx': 'document',
  '.odt': 'document',
  '.rtf': 'document',
  '.ppt': 'slides',
  '.pptx': 'slides',
  '.odp': 'slides',
  '.zip': 'archive',
  '.7z': 'archive',
  '.gz': 'archive',
  '.tar': 'archive',
  '.jpg': 'image',
  '.jpeg': 'image',
  '.png': 'image',
  '.gif': 'image',
  '.tif': 'image',
  '.tiff': 'image',
};

/** What people call such a file, by its name alone. */
export function fileKind(name: string): FileKind {
  return KINDS[extname(name).toLowerCase()] ?? 'other';
}
