#include <doctest/doctest.h>

#include <eev/train/settings.hpp>

#include "io/temporary.hpp"

using namespace eev;
using namespace eev::test;
using namespace eev::train;

TEST_CASE("every setting is read back as it was written") {
  recipe paper = find_recipe("paper"), copy;
  paper.learning_rate = 1.0 / 3, paper.seed = ~std::uint64_t(0), paper.milestones = {}, paper.loss = "kl+l1";
  for (const auto& [name, text] : settings_of(paper)) set(copy, name, text);
  CHECK(settings_of(copy) == settings_of(paper));
  CHECK(copy.learning_rate == paper.learning_rate);
  CHECK(copy.milestones.empty());
  CHECK(settings_of(copy) != settings_of(recipe()));
}

TEST_CASE("what is no value of a setting is refused by name") {
  recipe recipe;
  CHECK(error_of([&] { set(recipe, "epochs", "1.5"); }) == "epochs is '1.5', expected a whole number");
  CHECK(error_of([&] { set(recipe, "epochs", ""); }) == "epochs is '', expected a whole number");
  CHECK(error_of([&] { set(recipe, "milestones", "4,x"); }) ==
        "milestones is '4,x', expected whole numbers, separated by commas");
  CHECK(error_of([&] { set(recipe, "seed", "-1"); }) ==
        "seed is '-1', expected a whole number from 0 to 18446744073709551615");
  CHECK(error_of([&] { set(recipe, "dropout", "much"); }) == "dropout is 'much', expected a number");
  CHECK(error_of([&] { set(recipe, "standardise", "yes"); }) ==
        "standardise is 'yes', expected true or false");
  CHECK(error_of([&] { set(recipe, "speed", "1"); }) == "no setting 'speed'");
}

TEST_CASE("settings are JSON in a configuration") {
  CHECK(json_of(std::string("a\"b")) == "\"a\\\"b\"");
  CHECK(json_of(std::vector<int>{40, 80}) == "[40,80]");
  CHECK(json_of(true) == "true");
  CHECK(json_of(0.3) == "0.3");
}

TEST_CASE("both recipes are possible, and what is not is refused") {
  CHECK_NOTHROW(check(find_recipe("default")));
  CHECK_NOTHROW(check(find_recipe("paper")));
  CHECK(error_of([] { find_recipe("mine"); }) == "no recipe 'mine'; there are default, paper");
  const auto complaint = [](auto change) {
    recipe recipe;
    change(recipe);
    return error_of([&] { check(recipe); });
  };
  CHECK(complaint([](recipe& r) { r.rate = 4; }) ==
        "rate is 4, expected 1, 2, 3 or 6, so that there are labels at its steps");
  CHECK(complaint([](recipe& r) { r.schedule = "fast"; }) ==
        "schedule is 'fast', expected one of constant, milestones, cosine");
  CHECK(complaint([](recipe& r) { r.visual_units = r.audio_units = 0; }).find("both 0") != std::string::npos);
  for (const auto& [rate, text] : {std::pair(-1.0, "-1"), {double(NAN), "nan"}, {double(INFINITY), "inf"}})
    CHECK(complaint([&](recipe& r) { r.learning_rate = rate; }) ==
          message("learning_rate is ", text, ", expected a number from 0 to 1e+300"));
  CHECK(complaint([](recipe& r) { r.dropout = 1; }) == "dropout is 1, expected a number from 0 to 0.99");
}

TEST_CASE("the authors' quirks are parts of the loss of their recipe alone") {
  recipe paper = find_recipe("paper");
  CHECK(loss_of(paper).elementwise.l1 == 2);
  CHECK(loss_of(recipe()).elementwise.l1 == 1);
  paper.loss = "kl+l1";
  CHECK(loss_of(paper).elementwise.l1 == 1);
  paper.loss = "ccc";
  CHECK(loss_of(paper).correlation.authors_ccc);
  CHECK(!loss_of(recipe()).correlation.authors_ccc);
}

TEST_CASE("a schedule is that of its name") {
  recipe recipe = find_recipe("paper");
  CHECK(rate_in(recipe, 39) == 2e-4);
  CHECK(rate_in(recipe, 40) == doctest::Approx(6e-5));
  CHECK(rate_in(recipe, 80) == doctest::Approx(1.8e-5));
  recipe.schedule = "cosine", recipe.epochs = 10;
  CHECK(rate_in(recipe, 5) == doctest::Approx(1e-4));
  recipe.schedule = "constant";
  CHECK(rate_in(recipe, 99) == 2e-4);
}
