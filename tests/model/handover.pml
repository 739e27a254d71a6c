/* handover.pml: a model of the hand-over between the lock-free paths of a
 * breaker and the code under its lock. Spin searches every interleaving of it.
 *
 * Three words matter: the state word (generation and state), the word of
 * failures (generation, length of the run, and score), and the window (edition
 * and count). Each
 * load, store and compare-and-swap is one step, in the model and in the code.
 * The code under the lock takes many steps. Between them, threads that do not
 * take the lock may run.
 *
 * These promises must hold in every interleaving:
 *   1. A success is never counted in the window of another generation.
 *   2. FAILURES consecutive failures without a success in between open the
 *      circuit, whatever late successes of an older generation do meanwhile.
 *   3. A failure takes into account every success of its generation that
 *      returned before the failure began.
 *   4. A rejection gets the details of the opening that rejected it.
 *   5. Late successes of an older generation take no point from the score that
 *      the failures of a generation make.
 *
 * Each of BUG=1..7 plants one mistake, which the search must find (see `run`):
 *   1  A success ends the run with a plain store instead of compare-and-swap.
 *   2  A success reads the state word first and the window second.
 *   3  A new generation is published before its window is emptied.
 *   4  A success adds to the window with a load and a store.
 *   5  A rejection does not read the state word again.
 *   6  The window is emptied while the old generation is still published.
 *   7  A success lowers the score in a word of its own, without a generation.
 *
 * The search covers sequentially consistent interleavings. breaker.h explains
 * why acquire and release are sufficient, and ThreadSanitizer checks it.
 */

#ifndef BUG
#define BUG 0
#endif

#define FAILURES 2
#define POINTS 2   /* of a failure; a success takes one */

#define CLOSED 0
#define OPEN 1
#define NOBODYS 2  /* a word that matches no permit */

/* The state word. */
byte word_generation = 1;
byte word_state = CLOSED;

/* The run of failures. */
byte run_generation = 1;
byte run_length = 0;
byte score = 0;                  /* in the same word */

/* The window: the current edition, and the word of its bucket. */
byte edition = 1;
byte bucket_edition = 1;
byte bucket_count = 0;

/* The details of the opening: the generation to which they belong. */
byte opening_of = 0;

bool locked = false;

/* What no thread knows, for the assertions. */
byte generation_of[8];           /* of each edition */
byte returned = 0;               /* completed successes of generation 2 */
byte failed = 0;                 /* completed failures of generation 2 */
bool reset_done = false;

inline lock() { atomic { !locked -> locked = true } }
inline unlock() { locked = false }

/* A success of `mine`, without the lock. */
inline succeed(mine) {
  byte seen; byte generation; byte length; byte count; byte points; bool done;
  done = false;
  do
  :: done -> break
  :: else ->
#if BUG == 2
     atomic { generation = word_generation };
     seen = edition;
#else
     seen = edition;
     atomic { generation = word_generation };
#endif
     if
     :: generation != mine || word_state != CLOSED -> goto late
     :: else -> skip
     fi;
#if BUG == 4
     count = bucket_count;
     atomic {
       bucket_edition = seen;
       bucket_count = count + 1;
       assert(seen != edition || generation_of[edition] == mine);
       done = true
     }
#else
     count = bucket_count;
     length = bucket_edition;
     if
     :: length != seen && edition != seen -> skip  /* overtaken: tries again */
     :: else ->
        atomic {
          if
          :: bucket_edition == length && bucket_count == count ->
             bucket_count = (length == seen -> count + 1 : 1);
             bucket_edition = seen;
             /* 1 */
             assert(seen != edition || generation_of[edition] == mine);
             done = true
          :: else -> skip
          fi
        }
     fi
#endif
  od;
#if BUG == 1
  length = run_length;
  if
  :: length != 0 -> run_length = 0
  :: else -> skip
  fi;
#else
  do
  :: atomic {
       length = run_length; points = score; generation = run_generation
     };
     if
     :: (length == 0 && points == 0) || generation != mine -> break
     :: else ->
        atomic {
          if
          :: run_length == length && score == points &&
             run_generation == generation ->
             run_length = 0;
#if BUG != 7
             score = (points > 0 -> points - 1 : 0);
#endif
             break
          :: else -> skip
          fi
        }
     fi
  od;
#endif
#if BUG == 7
  points = score;
  score = (points > 0 -> points - 1 : 0);
#endif
late:
  skip
}

/* A call that began in generation 1 and succeeds at any time. */
proctype LateSuccess() {
  succeed(1)
}

/* The operator resets the breaker: generation 2 begins. */
proctype Reset() {
  lock();
#if BUG == 3
  atomic { word_generation = 2; word_state = CLOSED };
#elif BUG != 6
  atomic { word_generation = 2; word_state = NOBODYS };
#endif
  atomic { run_generation = 2; run_length = 0; score = 0 };
  bucket_count = 0;
  atomic { edition = edition + 1; generation_of[edition] = 2 };
#if BUG != 3
  atomic { word_generation = 2; word_state = CLOSED };
#endif
  unlock();
  reset_done = true
}

/* A success of generation 2. */
proctype Success() {
  word_generation == 2 && word_state == CLOSED;
  succeed(2);
  returned++
}

/* A failure of generation 2, after the success of generation 2. */
proctype Failure() {
  byte before; byte length; byte count; byte points;
  reset_done && returned == 1;
  before = returned;
  lock();
  if
  :: word_generation != 2 || word_state != CLOSED -> skip
  :: else ->
     do
     :: atomic { length = run_length; points = score };
        atomic {
          if
          :: run_length == length && score == points ->
             run_length = length + 1; score = points + POINTS; break
          :: else -> skip
          fi
        }
     od;
     length = length + 1;
     atomic {
       count = (bucket_edition == edition -> bucket_count : 0);
       assert(count >= before)  /* 3 */
     };
     if
     :: length >= FAILURES ->
        opening_of = 3;
        atomic { word_generation = 3; word_state = OPEN }
     :: else -> skip
     fi
  fi;
  unlock();
  failed++;
  if
  :: failed == FAILURES ->
     assert(word_generation >= 3);  /* 2 */
     assert(score == FAILURES * POINTS)  /* 5 */
  :: else -> skip
  fi
}

/* A second opening, which a rejected call may see. */
proctype Reopen() {
  word_generation == 3;
  lock();
  atomic { word_generation = 4; word_state = CLOSED };
  opening_of = 5;
  atomic { word_generation = 5; word_state = OPEN };
  unlock()
}

proctype Rejection() {
  byte generation; byte particulars; byte again;
  word_state == OPEN;
  atomic { word_state == OPEN -> generation = word_generation };
  particulars = opening_of;
#if BUG == 5
  again = generation;
#else
  again = word_generation;
#endif
  if
  :: again == generation -> assert(particulars == generation)  /* 4 */
  :: else -> skip  /* it takes the lock */
  fi
}

init {
  atomic {
    generation_of[1] = 1;
    run LateSuccess();
    run Reset();
    run Success();
    run Failure();
    run Failure();
    run Reopen();
    run Rejection()
  }
}
