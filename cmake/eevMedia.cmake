# eev::media, where pkg-config finds FFmpeg's development files; no target where it does not. Both the source
# tree and the installed package include this file, so that either may meet FFmpeg or not.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND AND NOT TARGET eev::media)
  pkg_check_modules(eev_ffmpeg QUIET IMPORTED_TARGET GLOBAL
                    libavformat libavcodec libavutil libswscale libswresample)
  if(eev_ffmpeg_FOUND)
    add_library(eev::media INTERFACE IMPORTED GLOBAL)
    target_link_libraries(eev::media INTERFACE eev::eev PkgConfig::eev_ffmpeg)
  endif()
endif()
