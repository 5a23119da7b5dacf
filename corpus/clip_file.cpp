// In:  a story.  Out: a video file of it.
#include "clip_file.hpp"

#include <cstdint>
#include <memory>
#include <vector>

#include <eev/media/ffmpeg.hpp>

#include "picture.hpp"
#include "sound.hpp"

namespace eev::corpus {
namespace {

using namespace media;

struct close_output {
  void operator()(AVFormatContext* file) const {
    avio_closep(&file->pb);
    avformat_free_context(file);
  }
};

/// One stream: its encoder, what is to be encoded next, and how much has been.
struct track {
  AVStream* stream;
  codec_handle encoder;
  frame_handle frame = make_frame();
  std::int64_t position = 0;  // in pictures, in samples

  double time() const { return double(position) * av_q2d(encoder->time_base); }
};

/// A file that is being written, with one stream of picture and one of sound.
class clip_file {
 public:
  explicit clip_file(const std::string& path) : path_(path) {
    AVFormatContext* made = nullptr;
    check(avformat_alloc_output_context2(&made, nullptr, "mp4", path.c_str()), path,
          "cannot make an mp4 file");
    file_.reset(made);
    made->flags |= AVFMT_FLAG_BITEXACT;
    picture = make_track(AV_CODEC_ID_MPEG4, {1, pictures_per_second});
    picture.encoder->width = picture.frame->width = picture_width;
    picture.encoder->height = picture.frame->height = picture_height;
    picture.encoder->pix_fmt = AV_PIX_FMT_YUV420P;
    picture.frame->format = AV_PIX_FMT_YUV420P;
    picture.encoder->bit_rate = 400'000;
    open(picture);
    sound = make_track(AV_CODEC_ID_AAC, {1, sound_rate});
    sound.encoder->sample_rate = sound.frame->sample_rate = sound_rate;
    sound.encoder->sample_fmt = AV_SAMPLE_FMT_FLTP;
    sound.frame->format = AV_SAMPLE_FMT_FLTP;
    av_channel_layout_default(&sound.encoder->ch_layout, 1);
    av_channel_layout_default(&sound.frame->ch_layout, 1);
    open(sound);
    check(avio_open(&made->pb, path.c_str(), AVIO_FLAG_WRITE), path, "cannot open for writing");
    check(avformat_write_header(made, nullptr), path, "cannot write");
  }

  track picture, sound;

  /// Encodes what is in the track's frame and goes on to the next.
  void encode(track& from) {
    from.frame->pts = from.position;
    from.position += from.frame->nb_samples > 0 ? from.frame->nb_samples : 1;
    write(from, from.frame.get());
    check(av_frame_make_writable(from.frame.get()), path_, "no memory");
  }

  void finish() {
    for (track* ended : {&picture, &sound}) write(*ended, nullptr);
    check(av_write_trailer(file_.get()), path_, "cannot write");
  }

 private:
  track make_track(AVCodecID id, AVRational time_base) {
    const AVCodec* codec = allocated(const_cast<AVCodec*>(avcodec_find_encoder(id)));
    track made{allocated(avformat_new_stream(file_.get(), nullptr)),
               codec_handle(allocated(avcodec_alloc_context3(codec)))};
    made.encoder->time_base = time_base;
    made.encoder->thread_count = 1;  // so that every run writes the same bytes
    made.encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
    return made;
  }

  void open(track& made) {
    check(avcodec_open2(made.encoder.get(), nullptr, nullptr), path_, "cannot open the encoder");
    check(avcodec_parameters_from_context(made.stream->codecpar, made.encoder.get()), path_,
          "cannot describe a stream");
    made.frame->nb_samples = made.encoder->frame_size;  // of sound; 0 for pictures
    check(av_frame_get_buffer(made.frame.get(), 0), path_, "no memory");
  }

  /// Encodes `frame`, or what the encoder still holds if it is null, and writes what comes out.
  void write(track& from, AVFrame* frame) {
    check(avcodec_send_frame(from.encoder.get(), frame), path_, "cannot encode");
    const packet_handle packet = make_packet();
    while (avcodec_receive_packet(from.encoder.get(), packet.get()) == 0) {
      packet->stream_index = from.stream->index;
      if (packet->duration == 0) packet->duration = 1;  // a picture lasts until the next
      av_packet_rescale_ts(packet.get(), from.encoder->time_base, from.stream->time_base);
      check(av_interleaved_write_frame(file_.get(), packet.get()), path_, "cannot write");
    }
  }

  std::string path_;
  std::unique_ptr<AVFormatContext, close_output> file_;
};

}  // namespace

void write_clip(const std::string& path, const story& story) {
  quiet_libav();
  clip_file file(path);
  painter painter(story);
  player player(story);
  std::vector<std::uint8_t> pixels(picture_width * picture_height * 3);
  const sws_handle converter(
      allocated(sws_getContext(picture_width, picture_height, AV_PIX_FMT_RGB24, picture_width, picture_height,
                               AV_PIX_FMT_YUV420P, SWS_BILINEAR, nullptr, nullptr, nullptr)));
  while (file.picture.time() < story.seconds()) {
    painter.paint({pixels.data(), {picture_height, picture_width, 3}}, file.picture.time());
    const std::uint8_t* const from[] = {pixels.data()};
    const int bytes[] = {3 * picture_width};
    AVFrame& frame = *file.picture.frame;
    check(sws_scale(converter.get(), from, bytes, 0, picture_height, frame.data, frame.linesize), path,
          "cannot convert a picture");
    file.encode(file.picture);
    while (file.sound.time() < file.picture.time()) {
      AVFrame& sound = *file.sound.frame;
      player.play({reinterpret_cast<float*>(sound.data[0]), std::size_t(sound.nb_samples)});
      file.encode(file.sound);
    }
  }
  file.finish();
}

}  // namespace eev::corpus
