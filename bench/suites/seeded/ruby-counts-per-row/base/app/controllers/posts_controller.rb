# The list of posts, fifty a page.
class PostsController < ApplicationController
  def index
    posts = Post.order(created_at: :desc).page(params[:page]).per(50)
    render json: posts.map { |post| { id: post.id, title: post.title } }
  end
end
