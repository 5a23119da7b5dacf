// In:  SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ.  Out: an exception at the next safe place.  Rests on:
// POSIX.
#pragma once

namespace eev::command {

/// From now on SIGINT, SIGTERM and SIGHUP are remembered (a second one ends the program at once), and a pipe
/// that nobody reads or a file that may not grow is no signal but a failed write.
void catch_signals();

/// Throws `interrupted` if one has come. Called wherever a run can stop: at every frame, tensor and row.
void stop_if_interrupted();

}  // namespace eev::command
