import type { Exchange } from '../exchange.js';
import { HttpProblem } from '../http-problem.js';
import { ALLOWED_METHODS, HttpStatus } from '../http-status.js';

/** Every other method, POST, PATCH and REPORT among them. @throws HttpProblem 405 */
export async function unknown(_exchange: Exchange): Promise<void> {
  throw new HttpProblem(HttpStatus.methodNotAllowed, 'This method is not known here.', {
    headers: { Allow: ALLOWED_METHODS },
  });
}
