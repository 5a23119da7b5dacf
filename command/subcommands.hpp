// In:  the program's option parser.  Out: the parser with one subcommand more.  Rests on: CLI11.
//
// Each is in the file of its name. `status` takes the exit code of the run.
#pragma once

namespace CLI {
class App;
}

namespace eev::command {

void add_predict(CLI::App& program, int& status);
void add_extract(CLI::App& program, int& status);
void add_train(CLI::App& program, int& status);
void add_evaluate(CLI::App& program, int& status);
void add_ensemble(CLI::App& program, int& status);
void add_interpolate(CLI::App& program, int& status);
void add_filter(CLI::App& program, int& status);
void add_convert(CLI::App& program, int& status);
void add_verify(CLI::App& program, int& status);
void add_inspect(CLI::App& program, int& status);
void add_demo(CLI::App& program, int& status);
void add_doctor(CLI::App& program, int& status);

}  // namespace eev::command
