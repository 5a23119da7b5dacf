// In:  a file name.  Out: a clip of twelve seconds under it, moving colours and a wandering tone, for trying
// things out where no video is at hand.  Rests on: FFmpeg's own encoders (MPEG-4, AAC), which every build of
// it has.
//     make_sample_clip OUT.mp4
#include <cmath>
#include <iostream>
#include <memory>
#include <numbers>

#include <eev/media/ffmpeg.hpp>

using namespace eev::media;

constexpr int seconds = 12, width = 320, height = 240, frames_per_second = 24, sample_rate = 44100;

struct close_output {
  void operator()(AVFormatContext* file) const {
    avio_closep(&file->pb);
    avformat_free_context(file);
  }
};
using output_handle = std::unique_ptr<AVFormatContext, close_output>;

/// One stream: what is drawn or played next, its encoder, and how much of it has been encoded.
struct track {
  AVStream* stream = nullptr;
  codec_handle encoder;
  frame_handle frame = make_frame();
  std::int64_t position = 0;  // in frames of the picture, in samples of the sound

  double time() const { return double(position) * av_q2d(encoder->time_base); }
};

track make_track(AVFormatContext* file, AVCodecID id, AVRational time_base) {
  const AVCodec* codec = allocated(const_cast<AVCodec*>(avcodec_find_encoder(id)));
  track made{allocated(avformat_new_stream(file, nullptr)),
             codec_handle(allocated(avcodec_alloc_context3(codec)))};
  made.encoder->time_base = time_base;
  made.encoder->thread_count = 1;  // so that every run writes the same bytes
  if (file->oformat->flags & AVFMT_GLOBALHEADER) made.encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  return made;
}

void open(track& made, const std::string& path) {
  check(avcodec_open2(made.encoder.get(), nullptr, nullptr), path, "cannot open the encoder");
  check(avcodec_parameters_from_context(made.stream->codecpar, made.encoder.get()), path,
        "cannot describe a stream");
}

track make_picture(AVFormatContext* file, const std::string& path) {
  track picture = make_track(file, AV_CODEC_ID_MPEG4, {1, frames_per_second});
  picture.encoder->width = picture.frame->width = width;
  picture.encoder->height = picture.frame->height = height;
  picture.encoder->pix_fmt = AV_PIX_FMT_YUV420P;
  picture.encoder->bit_rate = 400'000;
  picture.frame->format = AV_PIX_FMT_YUV420P;
  open(picture, path);
  check(av_frame_get_buffer(picture.frame.get(), 0), path, "no memory for a picture");
  return picture;
}

track make_sound(AVFormatContext* file, const std::string& path) {
  track sound = make_track(file, AV_CODEC_ID_AAC, {1, sample_rate});
  sound.encoder->sample_rate = sound.frame->sample_rate = sample_rate;
  sound.encoder->sample_fmt = AV_SAMPLE_FMT_FLTP;
  sound.frame->format = AV_SAMPLE_FMT_FLTP;
  av_channel_layout_default(&sound.encoder->ch_layout, 2);
  av_channel_layout_default(&sound.frame->ch_layout, 2);
  open(sound, path);
  sound.frame->nb_samples = sound.encoder->frame_size;
  check(av_frame_get_buffer(sound.frame.get(), 0), path, "no memory for sound");
  return sound;
}

/// Stripes of light that drift over colours that turn.
void draw(AVFrame& frame, double t) {
  for (int plane = 0; plane < 3; ++plane) {
    const int columns = plane ? width / 2 : width, rows = plane ? height / 2 : height;
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < columns; ++x) {
        const double wave = plane == 0   ? std::sin(x / 40.0 + y / 60.0 + 2.0 * t)
                            : plane == 1 ? std::sin(x / 80.0 + 0.9 * t)
                                         : std::cos(y / 60.0 + 0.7 * t);
        frame.data[plane][y * frame.linesize[plane] + x] = std::uint8_t(126 + 75 * wave);
      }
  }
}

/// A tone that wanders two octaves and beats, louder on the left and on the right in turn.
void play(AVFrame& frame, double t) {
  for (int i = 0; i < frame.nb_samples; ++i, t += 1.0 / sample_rate) {
    const double turn = 2 * std::numbers::pi * t,
                 tone = 0.4 * std::sin(330 * turn + 360 * std::sin(turn / 6));
    const double pan = (1 + std::sin(turn / 2)) / 2;
    reinterpret_cast<float*>(frame.data[0])[i] = float(tone * pan);
    reinterpret_cast<float*>(frame.data[1])[i] = float(tone * (1 - pan));
  }
}

/// Encodes `frame`, or what the encoder still holds if it is null, and writes what comes out.
void write(AVFormatContext* file, track& from, AVFrame* frame, const std::string& path) {
  check(avcodec_send_frame(from.encoder.get(), frame), path, "cannot encode");
  const packet_handle packet = make_packet();
  while (avcodec_receive_packet(from.encoder.get(), packet.get()) == 0) {
    packet->stream_index = from.stream->index;
    if (packet->duration == 0) packet->duration = 1;  // a picture lasts until the next
    av_packet_rescale_ts(packet.get(), from.encoder->time_base, from.stream->time_base);
    check(av_interleaved_write_frame(file, packet.get()), path, "cannot write");
  }
}

void make_clip(const std::string& path) {
  AVFormatContext* made = nullptr;
  check(avformat_alloc_output_context2(&made, nullptr, "mp4", path.c_str()), path, "cannot make an mp4 file");
  const output_handle file(made);
  file->flags |= AVFMT_FLAG_BITEXACT;
  track picture = make_picture(made, path), sound = make_sound(made, path);
  check(avio_open(&made->pb, path.c_str(), AVIO_FLAG_WRITE), path, "cannot open for writing");
  check(avformat_write_header(made, nullptr), path, "cannot write");
  while (picture.time() < seconds || sound.time() < seconds) {
    const bool draws = picture.time() <= sound.time();
    track& next = draws ? picture : sound;
    check(av_frame_make_writable(next.frame.get()), path, "no memory");
    draws ? draw(*next.frame, next.time()) : play(*next.frame, next.time());
    next.frame->pts = next.position;
    next.position += draws ? 1 : next.frame->nb_samples;
    write(made, next, next.frame.get(), path);
  }
  for (track* ended : {&picture, &sound}) write(made, *ended, nullptr, path);
  check(av_write_trailer(made), path, "cannot write");
}

int main(int count, char** arguments) try {
  if (count != 2) throw eev::error("usage: make_sample_clip OUT.mp4");
  av_log_set_level(AV_LOG_ERROR);
  make_clip(arguments[1]);
} catch (const std::exception& failure) {
  std::cerr << failure.what() << '\n';
  return 1;
}
