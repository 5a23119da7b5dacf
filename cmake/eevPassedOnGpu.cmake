# true if one of the files command.csv that tools/gpu-check writes holds every check as passed, else false. Whether a
# GPU also decodes is another matter: it is asked for by an option of its own.
function(eev_passed_on_gpu result)  # FILES...
  set(${result} false PARENT_SCOPE)
  foreach(record IN LISTS ARGN)
    file(STRINGS ${record} checks REGEX "^command/")
    set(others ${checks})
    list(FILTER others EXCLUDE REGEX "^command/([a-z]+,[a-z0-9]*,yes|decode),")
    if(checks AND NOT others)
      set(${result} true PARENT_SCOPE)
    endif()
  endforeach()
endfunction()
