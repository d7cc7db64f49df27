# The list of posts, fifty a page.
class PostsController < ApplicationController
  def index
    posts = Post.order(created_at: :desc).page(params[:page]).per(50)
    counts = Comment.where(post_id: posts.map(&:id)).group(:post_id).count
    render json: posts.map { |post| { id: post.id, title: post.title, comments: counts.fetch(post.id, 0) } }
  end
end
