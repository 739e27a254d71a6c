/* handover.pml: the hand-over between the lock-free paths of a breaker and what
 * happens under its lock, for Spin to search every interleaving of.
 *
 * Three times one word matters: the state word (generation and state), the run
 * of failures (generation and length), the window (edition and count). Each
 * load, store and compare-and-swap is one step here as there; what the lock
 * guards is many steps, with other threads in between that do not take it.
 *
 * What must hold in every interleaving:
 *   1. A success is never counted in the window of a generation that is not its
 *      own.
 *   2. FAILURES failures in a row with no success in between open the circuit,
 *      whatever late successes of an older generation do meanwhile.
 *   3. A failure is judged by every success of its generation that returned
 *      before it began.
 *   4. A rejection is told the particulars of the opening that it met.
 *
 * BUG=1..6 plant a mistake each, which the search must find; see `run`.
 *   1  a success ends the run by a plain store, not by compare-and-swap
 *   2  a success looks at the state word first and at the window second
 *   3  a new generation is published before its window is emptied
 *   4  a success adds to the window by load and store
 *   5  a rejection does not look at the state word again
 *   6  the window is emptied while the old generation's word still stands
 *
 * The search is over sequentially consistent interleavings. That acquire and
 * release are enough is argued in breaker.h, and watched by ThreadSanitizer.
 */

#ifndef BUG
#define BUG 0
#endif

#define FAILURES 2

#define CLOSED 0
#define OPEN 1
#define NOBODYS 2  /* a word that no permit has */

/* The state word. */
byte word_generation = 1;
byte word_state = CLOSED;

/* The run of failures. */
byte run_generation = 1;
byte run_length = 0;

/* The window: the edition that is current, and the word of its bucket. */
byte edition = 1;
byte bucket_edition = 1;
byte bucket_count = 0;

/* The particulars of the opening: which generation's they are. */
byte opening_of = 0;

bool locked = false;

/* What a god would know. */
byte generation_of[8];           /* of each edition */
byte returned = 0;               /* successes of generation 2 that are over */
byte failed = 0;                 /* failures of generation 2 that are over */
bool reset_done = false;

inline lock() { atomic { !locked -> locked = true } }
inline unlock() { locked = false }

/* A success of `mine`, without the lock. */
inline succeed(mine) {
  byte seen; byte generation; byte length; byte count; bool done;
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
     :: length != seen && edition != seen -> skip  /* overtaken: again */
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
  :: atomic { length = run_length; generation = run_generation };
     if
     :: length == 0 || generation != mine -> break
     :: else ->
        atomic {
          if
          :: run_length == length && run_generation == generation ->
             run_length = 0; break
          :: else -> skip
          fi
        }
     fi
  od;
#endif
late:
  skip
}

/* A call that began in generation 1 and succeeds whenever it likes. */
proctype LateSuccess() {
  succeed(1)
}

/* The operator resets: generation 2 begins. */
proctype Reset() {
  lock();
#if BUG == 3
  atomic { word_generation = 2; word_state = CLOSED };
#elif BUG != 6
  atomic { word_generation = 2; word_state = NOBODYS };
#endif
  atomic { run_generation = 2; run_length = 0 };
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

/* Failures of generation 2, after its success is over. */
proctype Failure() {
  byte before; byte length; byte count;
  reset_done && returned == 1;
  before = returned;
  lock();
  if
  :: word_generation != 2 || word_state != CLOSED -> skip
  :: else ->
     do
     :: length = run_length;
        atomic {
          if
          :: run_length == length -> run_length = length + 1; break
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
  :: failed == FAILURES -> assert(word_generation >= 3)  /* 2 */
  :: else -> skip
  fi
}

/* Openings after the first, seen by a call that is rejected. */
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
