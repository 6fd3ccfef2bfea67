import { createMemoryBlobStore } from '../../storage/blobs/memory.js';
import { describeBlobStore } from '../contracts/blob-store.js';

describeBlobStore('memory', async () => ({ store: createMemoryBlobStore(), end: async () => {} }));
